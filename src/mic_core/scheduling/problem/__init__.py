"""The planning problem in whole numbers: the input of every solver."""
