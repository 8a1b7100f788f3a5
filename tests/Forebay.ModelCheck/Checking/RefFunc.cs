namespace Forebay.ModelCheck.Checking;

/// <summary>What a step does with its word.</summary>
internal delegate T RefFunc<T>(ref T word);
