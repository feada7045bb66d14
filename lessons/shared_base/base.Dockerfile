FROM busybox:1.37-musl
# In place of what several images have in common: fonts, certificates, an interpreter.
RUN head -c 5000000 /dev/zero > /shared
