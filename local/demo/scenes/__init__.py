"""Flat illustrations, drawn with shapes and light. No text in any of them, and nobody's likeness."""
