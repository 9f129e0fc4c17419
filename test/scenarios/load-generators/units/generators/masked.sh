#!/bin/sh
case $0 in *.sh) exit 0 ;; esac
touch /run/masked-has-run
