package dev.siltstone.bench;

import static java.nio.charset.StandardCharsets.US_ASCII;

import org.jspecify.annotations.Nullable;

/// Requests of the protocol as bytes.
///
/// @param target the server
/// @param token for the `Authorization` header; `null` for none
record Requests(Target target, @Nullable String token) {
    private static final byte[] NOTHING = {};

    byte[] create(String stream, ContentKind kind) {
        return request("PUT", stream, "Content-Type: " + kind.contentType() + "\r\n", NOTHING);
    }

    byte[] delete(String stream) {
        return request("DELETE", stream, "", NOTHING);
    }

    byte[] append(String stream, String headers, byte[] body) {
        return request("POST", stream, headers, body);
    }

    byte[] read(String stream, String query) {
        return request("GET", stream + "?" + query, "", NOTHING);
    }

    /// @param headers each ended by CR LF
    private byte[] request(String method, String path, String headers, byte[] body) {
        String head =
                method
                        + " "
                        + target.path()
                        + path
                        + " HTTP/1.1\r\nHost: "
                        + target.host()
                        + "\r\n"
                        + (token == null ? "" : "Authorization: Bearer " + token + "\r\n")
                        + headers
                        + (method.equals("POST") || method.equals("PUT")
                                ? "Content-Length: " + body.length + "\r\n"
                                : "")
                        + "\r\n";
        byte[] request = new byte[head.length() + body.length];
        System.arraycopy(head.getBytes(US_ASCII), 0, request, 0, head.length());
        System.arraycopy(body, 0, request, head.length(), body.length);
        return request;
    }
}
