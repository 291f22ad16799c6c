#!/bin/sh
# A compiler that crashes on warp tiles of 16x64 and hangs on 32x32.
case "$*" in
*"warp = [16, 64]"*) kill -SEGV $$ ;;
*"warp = [32, 32]"*) sleep 100 ;;
esac
exec "$TT_RUN" "$@"
