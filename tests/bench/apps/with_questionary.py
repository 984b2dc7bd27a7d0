"""The same as `minimal`, in questionary."""

import questionary

if __name__ == "__main__":
    questionary.text("label shown").ask()
