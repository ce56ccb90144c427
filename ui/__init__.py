"""What the pages share: guard, messages, theme, choices, forms and pictures."""
