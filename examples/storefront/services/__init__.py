"""What the shop does. Nothing in this folder imports a web framework."""
