"""What every place that keeps secrets has to do, whichever it is."""

from __future__ import annotations

from states.storage.secrets import Secret, SecretStore, Slot

PASSWORD = Slot("1312345678", "password")
ISSUING = Slot("1312345678", "issuing_password")
OTHERS = Slot("1399999999", "password")


def keep_the_contract(store: SecretStore) -> None:
    assert store.state() == "ok"
    assert store.get(PASSWORD) is None
    store.put(PASSWORD, Secret("first"))
    for slot, text in ((PASSWORD, "第二の秘密 ﾊﾟｽ"), (ISSUING, ' "quoted" \\ \t'), (OTHERS, "x" * 600)):
        store.put(slot, Secret(text))
    assert store.get(PASSWORD) == Secret("第二の秘密 ﾊﾟｽ")
    assert store.get(ISSUING) == Secret(' "quoted" \\ \t')
    assert store.get(OTHERS) == Secret("x" * 600)
    store.wipe(PASSWORD)
    store.wipe(PASSWORD)
    assert store.get(PASSWORD) is None
    assert store.get(ISSUING) is not None
    for slot in (ISSUING, OTHERS):
        store.wipe(slot)
        assert store.get(slot) is None
