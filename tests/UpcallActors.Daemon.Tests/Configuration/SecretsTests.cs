using UpcallActors.Daemon.Configuration;

namespace UpcallActors.Daemon.Tests.Configuration;

/// <summary>Secrets are known by their form.</summary>
public sealed class SecretsTests
{
    [Theory]
    [InlineData("http://user:pw@host:4317/x", "http://(secret)@host:4317/x")]
    [InlineData("https://token@host", "https://(secret)@host")]
    [InlineData("http://u:p@ss@host", "http://(secret)@host")]
    [InlineData("http://u:p/w(x)'@host", "http://(secret)@host")]
    [InlineData("to http://u:pw@a and http://u:pw@b.", "to http://(secret)@a and http://(secret)@b.")]
    [InlineData("not \"user:pw@host:1\"", "not \"(secret)@host:1\"")]
    [InlineData("https://host/v1?api_key=abc&x=1", "https://host/v1?(secret)")]
    [InlineData("authorization=Bearer abc,tenant=green", "authorization=Bearer (secret)")]
    [InlineData("x-api-key=abc,tenant=green", "x-api-key=(secret),tenant=green")]
    [InlineData("Authorization: Basic dXNlcjpwdw==", "Authorization: Basic (secret)")]
    [InlineData("a plain text, with = and ? and :", "a plain text, with = and ? and :")]
    [InlineData("http://127.0.0.1:4317/", "http://127.0.0.1:4317/")]
    [InlineData("02:00:00:00:00:01", "02:00:00:00:00:01")]
    [InlineData("", "")]
    public void They_are_taken_out_of_a_text(string text, string shown) => Secrets.Masked(text).ShouldBe(shown);
}
