#!/bin/sh
# Ends the launcher's children when the launcher is gone, however it went: its end of the pipe closes even on kill -9.
# Input: "+PID" for a process group started, "-PID" for one that ended.
groups=' '
while read -r line; do
  case $line in
    +*) groups="$groups${line#+} " ;;
    -*) groups=$(printf '%s' "$groups" | sed "s/ ${line#-} / /") ;;
  esac
done
[ "$groups" = ' ' ] && exit 0
for group in $groups; do kill -s TERM -- "-$group" 2>/dev/null; done
for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16; do
  sleep 0.5
  alive=no
  for group in $groups; do kill -s 0 -- "-$group" 2>/dev/null && alive=yes; done
  [ $alive = no ] && exit 0
done
for group in $groups; do kill -s KILL -- "-$group" 2>/dev/null; done
