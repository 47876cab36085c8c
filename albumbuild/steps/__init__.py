"""Kinds of step: the actions of a plan."""
