"""Tests by kind: unit, methods, properties, app, browser, golden."""
