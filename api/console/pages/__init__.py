"""The pages of the console: one file, one template and one pair of catalogues each, found by scan (web_page.py)."""
