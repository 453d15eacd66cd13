package dev.siltstone.objectstore.s3;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Map;

/// What [FakeS3] answers.
record FakeAnswer(int status, Map<String, String> headers, byte[] body) {
    static FakeAnswer of(int status) {
        return new FakeAnswer(status, Map.of(), new byte[0]);
    }

    static FakeAnswer tagged(String etag) {
        return new FakeAnswer(200, Map.of("ETag", etag), new byte[0]);
    }

    static FakeAnswer xml(String body) {
        return new FakeAnswer(
                200,
                Map.of("Content-Type", "application/xml"),
                ("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n" + body).getBytes(UTF_8));
    }

    static FakeAnswer error(int status, String code, String message) {
        String body =
                "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>%s</Code><Message>%s</Message></Error>"
                        .formatted(code, message);
        return new FakeAnswer(
                status, Map.of("Content-Type", "application/xml"), body.getBytes(UTF_8));
    }

    static String escape(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }
}
