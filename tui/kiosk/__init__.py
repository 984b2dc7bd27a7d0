"""The kiosk: the app as all that an account can do. `--kiosk`, an SSH ForceCommand, or a login shell.

`start` shuts out what the client brings along, `settings` reads what the administrator has set, `guard` knows the
visit's PIN and for how long nothing was typed; `app` and `line` put both around the full screen and line mode.
"""
