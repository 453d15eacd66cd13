package dev.siltstone.cli;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;

/// Takes JSON arrays, one after the other, and passes on their elements, each ended by a newline. Every
/// byte of an element is kept; the white space around it is not.
///
/// Not thread-safe.
final class JsonMessages extends FilterOutputStream {
    /// 0: between arrays; 1: between elements; more: within an element.
    private int depth;

    private boolean inElement;
    private boolean inString;
    private boolean escaped;

    JsonMessages(OutputStream out) {
        super(out);
    }

    @Override
    public void write(byte[] bytes, int from, int length) throws IOException {
        for (int i = from; i < from + length; i++) {
            write(bytes[i]);
        }
    }

    @Override
    public void write(int b) throws IOException {
        if (inString) {
            out.write(b);
            inString = escaped || b != '"';
            escaped = !escaped && b == '\\';
        } else if (depth <= 1) {
            outsideOfNesting(b);
        } else {
            out.write(b);
            nest(b);
        }
    }

    private void outsideOfNesting(int b) throws IOException {
        if (b == ' ' || b == '\t' || b == '\n' || b == '\r') {
            return;
        }
        if (depth == 0) {
            depth = 1; // the array's own bracket
        } else if (b == ',' || b == ']') {
            endElement();
            depth = b == ']' ? 0 : 1;
        } else {
            inElement = true;
            out.write(b);
            nest(b);
        }
    }

    private void endElement() throws IOException {
        if (inElement) {
            out.write('\n');
            inElement = false;
        }
    }

    private void nest(int b) {
        switch (b) {
            case '"' -> inString = true;
            case '[', '{' -> depth++;
            case ']', '}' -> depth--;
            default -> {}
        }
    }
}
