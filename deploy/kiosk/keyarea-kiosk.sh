#!/bin/sh
# A screen that shows the console and nothing else, and sounds after a start with nobody at the desk.
# keyarea-kiosk.sh ADDRESS, for instance https://keyarea.example/ ; the sign-in is kept in the profile.
set -eu
exec /usr/bin/chromium \
  --kiosk \
  --autoplay-policy=no-user-gesture-required \
  --user-data-dir="${KEYAREA_KIOSK_PROFILE:-$HOME/.config/keyarea-kiosk}" \
  --no-first-run \
  --noerrdialogs \
  --hide-crash-restore-bubble \
  --disable-background-timer-throttling \
  --disable-backgrounding-occluded-windows \
  --disable-renderer-backgrounding \
  --disable-component-update \
  --password-store=basic \
  "$1"
