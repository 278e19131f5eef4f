namespace UpcallActors.Daemon.Configuration;

/// <summary>How far a misspelt word is from the one that was meant.</summary>
internal static class EditDistance
{
    /// <summary>
    /// The least number of insertions, deletions and substitutions that turn
    /// one word into the other, upper and lower case alike (Levenshtein).
    /// </summary>
    public static int Between(string one, string other)
    {
        int[] row = [.. Enumerable.Range(0, other.Length + 1)];
        for (int i = 1; i <= one.Length; i++)
        {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= other.Length; j++)
            {
                int substituted = diagonal + (char.ToUpperInvariant(one[i - 1]) == char.ToUpperInvariant(other[j - 1]) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(substituted, Math.Min(row[j], row[j - 1]) + 1);
            }
        }

        return row[^1];
    }
}
