"""Attribution: what of a figure is whose doing, and what would have been there anyway."""
