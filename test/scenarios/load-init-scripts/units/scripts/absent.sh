#!/bin/sh
### BEGIN INIT INFO
# Provides: absent
### END INIT INFO
exit 5
