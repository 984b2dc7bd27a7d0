"""The Windows Update Agent's search, spoken to by ctypes: COM's tables of functions, without PowerShell or pywin32.

The numbers are places in those tables (wuapi.idl): the first seven are IDispatch's, then in the order of declaration.
"""

from __future__ import annotations

import ctypes
import sys
import uuid

from states.checks.result import Stopped

SESSION, I_SESSION = "4cb43d7f-7eee-4906-8698-60da1c38f2fe", "816858a4-260d-4260-933a-2585f1abc76b"
CREATE_SEARCHER = 12  # of IUpdateSession
SEARCH = 19  # of IUpdateSearcher
RESULT_CODE, UPDATES = 7, 9  # of ISearchResult
COUNT = 10  # of IUpdateCollection
SUCCEEDED = (2, 3)  # OperationResultCode: succeeded, succeeded with errors
WANTED = "IsInstalled=0 and IsHidden=0 and Type='Software'"

if sys.platform == "win32":

    def pending() -> int:
        """How many updates could be installed now.

        Raises:
            Stopped: `pc.updates_unread`, with the agent's own number.
        """
        try:
            return _pending()
        except OSError as error:
            raise Stopped("pc.updates_unread", error=f"{(error.winerror or 0) & 0xFFFFFFFF:#010x}") from error

    def _pending() -> int:
        ole, text = ctypes.OleDLL("ole32"), ctypes.WinDLL("oleaut32")
        text.SysAllocString.restype = ctypes.c_void_p
        ole.CoInitializeEx(None, 0)
        session = ctypes.c_void_p()
        ole.CoCreateInstance(_guid(SESSION), None, 1, _guid(I_SESSION), ctypes.byref(session))
        criteria = ctypes.c_void_p(text.SysAllocString(WANTED))
        result = _get(_get(session, CREATE_SEARCHER), SEARCH, criteria)
        code = _number(result, RESULT_CODE)
        if code not in SUCCEEDED:
            raise Stopped("pc.updates_unread", error=f"result {code}")
        return _number(_get(result, UPDATES), COUNT)

    def _guid(text: str) -> ctypes.Array[ctypes.c_char]:
        return ctypes.create_string_buffer(uuid.UUID(text).bytes_le, 16)

    def _get(self: ctypes.c_void_p, place: int, *given: ctypes.c_void_p) -> ctypes.c_void_p:
        found = ctypes.c_void_p()
        _call(self, place, *given, ctypes.byref(found))
        return found

    def _number(self: ctypes.c_void_p, place: int) -> int:
        found = ctypes.c_long()
        _call(self, place, ctypes.byref(found))
        return found.value

    def _call(self: ctypes.c_void_p, place: int, *given: object) -> None:
        """Call one function of an object; OSError with the agent's number when it fails (HRESULT)."""
        kinds = [ctypes.c_void_p] * (len(given) + 1)
        table = ctypes.cast(self, ctypes.POINTER(ctypes.POINTER(ctypes.c_void_p))).contents
        ctypes.WINFUNCTYPE(ctypes.HRESULT, *kinds)(table[place])(self, *given)

else:

    def pending() -> int:
        """How many updates could be installed now; there are none to ask for here."""
        raise Stopped("pc.updates_unread", error=sys.platform)
