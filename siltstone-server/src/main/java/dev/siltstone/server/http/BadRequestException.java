package dev.siltstone.server.http;

/// A request that cannot be understood. The message says what was wrong and what would be right.
final class BadRequestException extends Exception {
    private static final long serialVersionUID = 1L;

    /// Short name of the mistake, for programs.
    private final String code;

    BadRequestException(String code, String message) {
        super(message, null, false, false); // expected: nobody looks at the stack
        this.code = code;
    }

    String code() {
        return code;
    }

    String message() {
        String message = getMessage();
        return message == null ? code : message;
    }
}
