package dev.siltstone.server.http;

/// Writes the few small JSON objects that the server itself answers.
final class JsonText {
    private final StringBuilder text = new StringBuilder();
    private boolean needsComma;

    JsonText open(char bracket) {
        comma();
        text.append(bracket);
        needsComma = false;
        return this;
    }

    JsonText close(char bracket) {
        text.append(bracket);
        needsComma = true;
        return this;
    }

    JsonText name(String name) {
        string(name);
        text.append(':');
        needsComma = false;
        return this;
    }

    JsonText value(String value) {
        string(value);
        return this;
    }

    JsonText value(long value) {
        comma();
        text.append(value);
        needsComma = true;
        return this;
    }

    JsonText value(boolean value) {
        comma();
        text.append(value);
        needsComma = true;
        return this;
    }

    JsonText nothing() {
        comma();
        text.append("null");
        needsComma = true;
        return this;
    }

    private void string(String value) {
        comma();
        text.append('"');
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c == '"' || c == '\\') {
                text.append('\\').append(c);
            } else if (c < 0x20 || c == 0x7f) {
                text.append(String.format("\\u%04x", (int) c));
            } else {
                text.append(c);
            }
        }
        text.append('"');
        needsComma = true;
    }

    private void comma() {
        if (needsComma) {
            text.append(',');
        }
    }

    @Override
    public String toString() {
        return text.toString();
    }
}
