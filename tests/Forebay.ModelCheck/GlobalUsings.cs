// Aliases win over what the library's files import: they meet these where they name the runtime's.
global using Forebay.ModelCheck.Checking;
global using Futex = Forebay.ModelCheck.StandIns.Futex;
global using Interlocked = Forebay.ModelCheck.StandIns.Interlocked;
global using LockSpins = Forebay.ModelCheck.StandIns.LockSpins;
global using SpinWait = Forebay.ModelCheck.StandIns.SpinWait;
global using Volatile = Forebay.ModelCheck.StandIns.Volatile;
