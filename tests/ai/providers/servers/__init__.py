"""Vendors on loopback: each speaks its vendor's wire format, and misbehaves when told to."""
