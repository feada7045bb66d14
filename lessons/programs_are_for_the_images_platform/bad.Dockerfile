FROM busybox:1.37-musl AS build
COPY --from=plimsoll/rust-cli:prod /probe /tool
# As if it came from a builder of another kind: byte 18 of an ELF file names the processor, and 243 is RISC-V.
RUN printf '\363' > /riscv \
    && dd if=/riscv of=/tool bs=1 seek=18 conv=notrunc

FROM plimsoll/rust-cli:prod
COPY --from=build /tool /tool
