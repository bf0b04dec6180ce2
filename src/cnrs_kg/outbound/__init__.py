"""Every connection that the project opens to another host goes through here."""
