"""What other apps are told of people. This app knows none of them."""

from django.dispatch import Signal

# Sent with `user` when somebody is erased, in the transaction that does it: what a receiver raises
# undoes all of it.
person_erased = Signal()

# Sent with `user` and `archive` (a `ZipFile` to write to) when their export is made.
person_exported = Signal()
