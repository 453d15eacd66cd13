package dev.siltstone.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import org.junit.jupiter.api.Test;

final class JsonMessagesTest {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final JsonMessages messages = new JsonMessages(out);

    @Test
    void endsEachMessageByNewline() throws IOException {
        assertThat(messagesOf("[1,{\"a\":2},\"x\",null]")).isEqualTo("1\n{\"a\":2}\n\"x\"\nnull\n");
    }

    @Test
    void keepsEveryByteOfMessage() throws IOException {
        String message = "{ \"a, ]\\\"\\\\\" : [ 1.0 , [ ] , {\"b\":\"}\"} ],\n \"ä\":1e5 }";
        assertThat(messagesOf("[ " + message + " ,\t" + message + "\n]"))
                .isEqualTo(message + "\n" + message + "\n");
    }

    @Test
    void takesOneArrayAfterTheOther() throws IOException {
        assertThat(messagesOf("[1,2][][3]\n[[4]]")).isEqualTo("1\n2\n3\n[4]\n");
    }

    @Test
    void makesNothingOfEmptyArray() throws IOException {
        assertThat(messagesOf("[ ]")).isEmpty();
    }

    @Test
    void doesNotCareHowBytesArrive() throws IOException {
        for (byte b : "[\"\\\\\",{\"a\":[\"]\"]}]".getBytes(UTF_8)) {
            messages.write(new byte[] {b});
        }
        assertThat(out.toString(UTF_8)).isEqualTo("\"\\\\\"\n{\"a\":[\"]\"]}\n");
    }

    private String messagesOf(String arrays) throws IOException {
        messages.write(arrays.getBytes(UTF_8));
        return out.toString(UTF_8);
    }
}
