# One executable on a distroless base: CA certificates, no shell, not root.
FROM denoland/deno:2.9.6 AS builder
WORKDIR /src
COPY . .
RUN deno task compile

FROM gcr.io/distroless/cc-debian12:nonroot
COPY --from=builder /src/dist/assay /usr/local/bin/assay
# The executable keeps V8's code cache here from its first run on
ENV TMPDIR=/tmp
ENTRYPOINT ["/usr/local/bin/assay"]
