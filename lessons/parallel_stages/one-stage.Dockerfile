FROM busybox:1.37-musl AS both
RUN sleep 2 && echo hull > /hull
RUN sleep 2 && echo sails > /sails

FROM scratch
COPY --from=both /hull /hull
COPY --from=both /sails /sails
