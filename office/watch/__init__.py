"""Whether the house is well: signs of life, the checks that the apps declare, the banner for managers, /healthz."""
