"""One file a kind of screen, fed by the edition: a new step needs no new screen."""
