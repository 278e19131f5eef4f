namespace UpcallActors.Unixctl.Tests;

/// <summary>A fact about what belongs to whom, which takes root to make.</summary>
public sealed class RootFactAttribute : FactAttribute
{
    public RootFactAttribute()
    {
        if (Environment.UserName != "root")
            Skip = "Only root gives files away.";
    }
}
