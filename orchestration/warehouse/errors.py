"""What can go wrong with the warehouse. Every message says what to do; none contains a password."""


class WarehouseError(RuntimeError):
    """The warehouse cannot be used as it is."""
