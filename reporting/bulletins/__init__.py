"""Bulletins of the 12398 hotline: counted from cases, printed in the style of their era.

``arithmetic`` holds the number rules, ``styles`` the eras as data, ``counting`` makes the bulletin
from counted cells, ``checking`` reads a published bulletin and names its mistakes. None of these
touches the database.
"""
