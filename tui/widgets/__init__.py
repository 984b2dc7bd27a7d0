"""The few widgets of our own: fields that suit Japanese typing and secrets."""
