using System.Text;

namespace UpcallActors.Pipeline;

/// <summary>Names of enumerations as attributes' values: <c>FlowLimit</c> is <c>flow_limit</c>.</summary>
internal static class SnakeCase
{
    /// <summary>Writes a name in lower case, with underscores where its words begin.</summary>
    public static string Of(string name)
    {
        var text = new StringBuilder(name.Length + 8);
        foreach (char letter in name)
        {
            if (char.IsAsciiLetterUpper(letter) && text.Length > 0)
                text.Append('_');
            text.Append(char.ToLowerInvariant(letter));
        }

        return text.ToString();
    }
}
