"""The manual: docs/ as a site of plain files, for reading on any machine and without a network. `make manual`."""
