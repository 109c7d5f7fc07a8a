this is not Python at all, it is a love letter
