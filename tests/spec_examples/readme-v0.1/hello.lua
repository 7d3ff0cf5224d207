#!/usr/bin/assay
-- From assay-readme-v0.1.md, Shebang Support
log.info("Hello from Assay!")
