package dev.siltstone.objectstore.s3;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/// A request to [FakeS3], taken apart.
record FakeRequest(
        String operation,
        String bucket,
        String key,
        Map<String, String> parameters,
        Headers headers,
        byte[] body) {

    static FakeRequest of(HttpExchange exchange, byte[] body) {
        String path = exchange.getRequestURI().getPath().substring(1);
        int slash = path.indexOf('/');
        String bucket = slash < 0 ? path : path.substring(0, slash);
        String key = slash < 0 ? "" : path.substring(slash + 1);
        Map<String, String> parameters = FakeS3.parameters(exchange.getRequestURI().getRawQuery());
        String operation = operation(exchange.getRequestMethod(), !key.isEmpty(), parameters);
        return new FakeRequest(
                operation, bucket, key, parameters, exchange.getRequestHeaders(), body);
    }

    private static String operation(
            String method, boolean isObject, Map<String, String> parameters) {
        boolean isUpload = parameters.containsKey("uploadId");
        return switch (method) {
            case "GET" -> !isObject ? "ListObjectsV2" : isUpload ? "ListParts" : "GetObject";
            case "HEAD" -> isObject ? "HeadObject" : "HeadBucket";
            case "PUT" -> isUpload ? "UploadPart" : "PutObject";
            case "DELETE" -> isUpload ? "AbortMultipartUpload" : "DeleteObject";
            case "POST" ->
                    !isObject
                            ? "DeleteObjects"
                            : isUpload ? "CompleteMultipartUpload" : "CreateMultipartUpload";
            default -> method;
        };
    }

    boolean ifAbsent() {
        return "*".equals(headers.getFirst("If-None-Match"));
    }

    Map<String, String> metadata() {
        Map<String, String> metadata = new TreeMap<>();
        headers.forEach((name, values) -> {
            String lower = name.toLowerCase(Locale.ROOT);
            if (lower.startsWith("x-amz-meta-")) {
                metadata.put(lower.substring("x-amz-meta-".length()), values.getFirst());
            }
        });
        return metadata;
    }

    String parameter(String name) {
        return parameters.getOrDefault(name, "");
    }
}
