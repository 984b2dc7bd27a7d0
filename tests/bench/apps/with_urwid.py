"""The same as `minimal`, in urwid."""

import urwid

if __name__ == "__main__":
    field = urwid.Edit()
    urwid.MainLoop(urwid.Filler(urwid.Pile([urwid.Text("label shown"), field])), handle_mouse=False).run()
