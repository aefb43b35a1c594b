"""Reports in words: text, JSON, tables, HTML, gaps, pages of rules, and what a notebook shows.

Each is a pure function from a report to text or bytes; nothing here prints or opens a window.
"""
