# The image holds one static program, certificates and nothing else: no shell, no
# package manager. It runs without privileges; settings come from the environment.
FROM golang:1.26-bookworm AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
ARG VERSION=unknown
# timetzdata: the time zones are inside the program.
RUN CGO_ENABLED=0 go build -trimpath -tags timetzdata -ldflags "-s -w -X main.version=${VERSION}" -o /pulang ./cmd/pulang

FROM scratch
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
COPY --from=build /pulang /pulang
# The keyset file must belong to this user: chown 65532 keyset
USER 65532:65532
ENV LISTEN_ADDR=:8080
EXPOSE 8080
HEALTHCHECK --interval=15s --timeout=5s --start-period=20s CMD ["/pulang", "doctor", "--alive"]
ENTRYPOINT ["/pulang"]
CMD ["serve"]
