"""The child: the only part of the sandbox that imports torch. Only the zygote may import this; a child is forked."""

from tapedeck.sandbox.child.run import main

__all__ = ["main"]
